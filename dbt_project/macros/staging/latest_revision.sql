{# Columns that order the revisions of one row. The last one known applies; the file and the row number only
   settle what is equal in every other way, so the same files always give the same row. #}
{% macro revision_order(relation, latest_first=true) -%}
    {%- set late, early = ('desc', 'asc') if latest_first else ('asc', 'desc') -%}
    {{ relation }}.recorded_at {{ late }},
    {{ relation }}.exported_at {{ late }},
    {{ relation }}._file {{ early }},
    {{ relation }}._row {{ early }}
{%- endmacro %}

{# One row per key: the latest revision known at the as-of. Reads the CTEs `relation` and `settings`.

   relation  a CTE with the columns of an export, `recorded_at`, `exported_at`, `_file` and `_row`
   key       the columns that name a row of the export #}
{% macro latest_revision(relation, key) %}
    select {{ relation }}.*

    from {{ relation }}

    inner join settings
        on {{ relation }}.recorded_at <= settings.as_of

    qualify row_number() over (
        partition by {% for column in key %}{{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        order by {{ revision_order(relation) }}
    ) = 1
{% endmacro %}
