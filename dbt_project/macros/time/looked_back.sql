{# Whether a dated rule is there; where a build looks back, one of a later day is not. #}
{% macro has_begun(valid_from, known_until) -%}
    ({{ known_until }} is null or {{ valid_from }} is null or {{ valid_from }} <= {{ known_until }})
{%- endmacro %}

{# When a dated rule ends; where a build looks back, an end on a later day is not known. #}
{% macro known_end(valid_to, known_until) -%}
    case when {{ known_until }} is null or {{ valid_to }} <= {{ known_until }} then {{ valid_to }} end
{%- endmacro %}
