-- What a province tells of itself is asked for by every page, among thousands of its units' figures.
create index province_figures_of_unit on province_figures (province_id, unit, period);
