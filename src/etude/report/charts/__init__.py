"""Small interval charts as SVG: no library, no script, colours from the page's stylesheet.

Each chart is drawn at a given width in pixels; the page shows a wide or a narrow one, so that text
keeps its size on a phone.
"""
