select
    verdicts.segment,
    strftime(verdicts.month, '%Y-%m') as month,
    verdicts.verdict,
    verdicts.sentence,
    verdicts.scenario_id,
    scenarios.scenario_name
from marts.fct_verdicts as verdicts
left join marts.fct_segment_scenarios as scenarios
    on
        verdicts.segment = scenarios.segment
        and verdicts.month = scenarios.month
        and verdicts.scenario_id = scenarios.scenario_id
        and scenarios.is_deciding
where verdicts.segment = $segment
order by verdicts.month desc
limit 1
