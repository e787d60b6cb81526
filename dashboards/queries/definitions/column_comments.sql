select
    table_name,
    column_name,
    comment
from duckdb_columns()
where schema_name = 'marts' and comment is not null
