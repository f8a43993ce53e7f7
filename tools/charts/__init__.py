"""Result models drawn as Plotly figures, and figures as images. The only package that builds or renders figures."""
