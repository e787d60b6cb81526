select
    table_schema,
    table_name,
    list(column_name) as columns
from information_schema.columns
where table_catalog = 'published' and table_schema in ('marts', 'reference')
group by table_schema, table_name
