with

-- taken from the models' yml files, so nothing is written twice
listed as (

    {% for row in definition_versions() %}

    select
        '{{ row.model }}' as model,
        {{ row.version }} as version,
        '{{ row.owner }}' as owner,
        '{{ row.changed_on }}' as changed_on,
        {% if row.change %}'{{ row.change | replace("'", "''") }}'{% else %}null{% endif %} as change

    union all

    {% endfor %}

    select
        null as model,
        null as version,
        null as owner,
        null as changed_on,
        null as change

),

typed as (

    select
        cast(model as {{ dbt.type_string() }}) as model,
        cast(version as integer) as version,
        cast(owner as {{ dbt.type_string() }}) as owner,
        cast(changed_on as date) as changed_on,
        cast(change as {{ dbt.type_string() }}) as change,
        row_number() over (partition by model order by version desc) = 1 as is_latest

    from listed

    where model is not null

)

select * from typed
