{{ known_usage_events(new_only=true) }}
