{#
    Tables and views on DuckDB in one statement each, with their comments.

    dbt's own materializations create a relation under another name, rename it, look up its columns and drop
    the old one, in up to eight statements with their logs. A build starts with an empty
    file and dbt runs each model in a transaction, so no reader sees an incomplete table. This saves
    a quarter of dbt's processor time on a small home (benchmarks/README.md).
#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(replaced_relation('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb', supported_languages=['sql'] %}
    {{ return(replaced_relation('view')) }}
{% endmaterialization %}

{#- The model as a table or view in place of whatever has its name, in one transaction. -#}
{% macro replaced_relation(type) %}
    {% set existing = load_cached_relation(this) %}
    {% set target = this.incorporate(type=type) %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing is not none %}
        {# not by DuckDB's `or replace`: it refuses to put a table in the place of a view #}
        {% do adapter.drop_relation(existing) %}
    {% endif %}

    {% call statement('main') %}
        {% if type == 'table' %}
            {{ create_table_as(False, target, sql) }}
        {% else %}
            {{ get_create_view_as_sql(target, sql) }}
        {% endif %}
        {{ comments(target) }}
    {% endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{% endmacro %}

{#- The descriptions of a relation and of its columns; a column that is not there is an error. -#}
{% macro comments(relation) %}
    {% if config.persist_relation_docs() and model.description %}
        {{ duckdb__alter_relation_comment(relation, model.description) }}
    {% endif %}
    {% if config.persist_column_docs() %}
        {% for column in model.columns.values() if column.description %}
            comment on column {{ relation }}.{{ adapter.quote(column.name) }}
            is {{ duckdb_escape_comment(column.description) }};
        {% endfor %}
    {% endif %}
{% endmacro %}
