select
    table_name,
    column_name,
    lower(data_type) as data_type,
    comment
from duckdb_columns()
where schema_name = 'marts' and comment is not null
order by table_name, column_index
