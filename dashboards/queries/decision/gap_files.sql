with

proposed as (

    select distinct
        file_name,
        header,
        row_text
    from marts.fct_account_gaps
    where row_text is not null and $segment in ('all', segment)

)

select
    file_name,
    header || chr(10) || string_agg(row_text, chr(10) order by row_text) || chr(10) as content
from proposed
group by file_name, header
order by file_name
