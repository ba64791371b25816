"""A filing as documents: DOCX from a template to edit, PDF, and a workbook of its figures."""
