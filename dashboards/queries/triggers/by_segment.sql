select
    signals.segment,
    verdicts.is_trigger,
    count(*) filter (where signals.state = 'on') as signals_on,
    count(*) filter (where signals.is_available) as signals_available,
    string_agg(signals.signal, ',' order by array_position($in_order, signals.signal))
    filter (where signals.state = 'on') as names_on
from marts.fct_signals as signals
left join marts.fct_verdicts as verdicts
    on signals.segment = verdicts.segment and signals.month = verdicts.month
where signals.month = (select max(month) from marts.fct_signals)
group by signals.segment, verdicts.is_trigger
order by signals.segment = 'all', signals_on desc, signals.segment asc
