select count(distinct table_schema) as tables
from information_schema.tables
where
    (table_schema = 'reference' and table_name = 'charges')
    or (table_schema = 'whatif' and table_name = 'adjusted_sums')
