-- the accounts of a proposal's rollout under one approach, and whom the reader leaves out of it
create or replace temp macro rollout_accounts(
    wanted_scenario, wanted_approach, wanted_currency, left_out_accounts, leaves_shocked
) as table (
    select
        waves.*,
        waves.status = 'in_wave' and (
            list_contains(string_split(left_out_accounts, ','), waves.account_id)
            or (leaves_shocked and coalesce(waves.is_shock, false))
        ) as is_excluded
    from marts.fct_rollout_waves as waves
    where
        waves.scenario_id = wanted_scenario
        and waves.approach = wanted_approach
        and billed_in(waves.account_id, wanted_currency)
);
