"""Cases: opened with a response, worked on above the rated unit, read and judged by code."""
