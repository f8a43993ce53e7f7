"""Result models drawn as Plotly figures, and figures as images. The only package that builds or renders figures."""

from .chart import Chart
from .chrome import chrome_path
from .comparison import comparison
from .depth import depth
from .heatmap import heatmap
from .impact import impact
from .render import Renderer
from .theme import Palette

__all__ = ["Chart", "Palette", "Renderer", "chrome_path", "comparison", "depth", "heatmap", "impact"]
