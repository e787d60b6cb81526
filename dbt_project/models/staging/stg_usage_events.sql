{{ known_usage_events() }}
