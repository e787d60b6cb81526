{#
  The owner of each public model and every version of its definition, from the models' yml files: a list of
  names, versions, owners, days and sentences, sorted; empty while dbt only parses.
#}
{% macro definition_versions() %}
    {% set found = [] %}
    {% if execute %}
        {% for node in graph.nodes.values() | sort(attribute='name') %}
            {% if node.resource_type == 'model' and node.config.access == 'public' %}
                {% for change in node.config.meta.changes %}
                    {% do found.append({
                        'model': node.name,
                        'version': change.version,
                        'owner': node.config.meta.owner,
                        'changed_on': change.since,
                        'change': change.what,
                    }) %}
                {% endfor %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}
