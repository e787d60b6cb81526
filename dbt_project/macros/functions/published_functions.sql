{#
  The functions that a snapshot carries in its schema `marts`, for figures that depend on the reader's input:
  publishing creates each of them, in this order, from a row of dim_functions. Each has a name, parameters,
  whether it returns a table, a sentence on its result, and a body in DuckDB's SQL, in which public models are
  `marts.<model>`.
#}
{% macro published_functions() %}
    {{ return([
        {
            'name': 'ratio',
            'parameters': 'numerator, denominator',
            'is_table': false,
            'gives': 'One number divided by another, to six decimals; null if the divisor is null or zero.',
            'body': ratio('numerator', 'denominator'),
        },
        {
            'name': 'revenue_change',
            'parameters': 'current_amount, proposed_amount',
            'is_table': false,
            'gives': 'Change of billed revenue under a proposal, as a share of today; null if nothing is billed today.',
            'body': revenue_change_function(),
        },
        {
            'name': 'automation_shares',
            'parameters': 'wanted_meter, wanted_month',
            'is_table': true,
            'gives': 'Accounts with work by known actors in a month: the share done by automation.',
            'body': automation_shares_function(),
        },
        {
            'name': 'plan_utilization',
            'parameters': 'wanted_segment, wanted_currency, wanted_month',
            'is_table': true,
            'gives': 'Plans with seats in a month: accounts, seats, and active ÷ billable seats of accounts with known activity.',
            'body': plan_utilization_function(),
        },
        {
            'name': 'role_utilization',
            'parameters': 'wanted_segment, wanted_currency, wanted_month',
            'is_table': true,
            'gives': 'Roles with named holders in a month: holders, seats, and active ÷ held seats of accounts with known activity.',
            'body': role_utilization_function(),
        },
        {
            'name': 'rollout_accounts',
            'parameters': 'wanted_scenario, wanted_approach, wanted_currency, left_out_accounts, leaves_shocked',
            'is_table': true,
            'gives': 'Accounts of a proposal under one approach, and which of those in waves the reader excludes.',
            'body': rollout_accounts_function(),
        },
        {
            'name': 'rollout_schedule',
            'parameters': 'wanted_scenario, wanted_approach, wanted_currency, left_out_accounts, leaves_shocked, '
                ~ 'wanted_segment, first_month, moves_a_month',
            'is_table': true,
            'gives': 'Accounts in waves: the month in which each moves, with at most a given number of moves per month.',
            'body': rollout_schedule_function(),
        },
    ]) }}
{% endmacro %}
