with

-- written once, as macros of this project: readers of a snapshot create the functions from these
-- rows
listed as (

    {% for function in published_functions() %}

    select
        {{ loop.index }} as position,
        '{{ function.name }}' as name,
        '{{ function.parameters }}' as parameters,
        {{ function.is_table }} as is_table,
        '{{ function.gives | replace("'", "''") }}' as gives,
        '{{ function.body | replace("'", "''") }}' as body

    {{ 'union all' if not loop.last }}

    {% endfor %}

),

typed as (

    select
        cast(position as integer) as position,
        cast(name as {{ dbt.type_string() }}) as name,
        cast(parameters as {{ dbt.type_string() }}) as parameters,
        is_table,
        cast(gives as {{ dbt.type_string() }}) as gives,
        cast(body as {{ dbt.type_string() }}) as body

    from listed

)

select * from typed
