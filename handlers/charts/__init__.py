"""Charts of figures: what is drawn is a Vega-Lite specification, who draws it is a callable."""
