{# Whether a dated rule is known; a build as of the past does not know later ones. #}
{% macro has_begun(valid_from, known_until) -%}
    ({{ known_until }} is null or {{ valid_from }} is null or {{ valid_from }} <= {{ known_until }})
{%- endmacro %}

{# When a dated rule ends; a build as of the past does not know a later end. #}
{% macro known_end(valid_to, known_until) -%}
    case when {{ known_until }} is null or {{ valid_to }} <= {{ known_until }} then {{ valid_to }} end
{%- endmacro %}
