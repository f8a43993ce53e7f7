"""Result models drawn as Plotly figures, and figures as images. The only package that builds or renders figures."""

from .alerts import alerts
from .chart import Chart
from .chrome import chrome_path
from .comparison import comparison
from .depth import depth
from .heatmap import heatmap
from .impact import impact
from .render import Renderer
from .theme import Palette
from .timeline import heatmap_over_time
from .trend import trend

__all__ = ["Chart", "Palette", "Renderer", "alerts", "chrome_path", "comparison", "depth", "heatmap", "heatmap_over_time", "impact", "trend"]
