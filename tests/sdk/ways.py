"""Ways in which a task can use ``flows.util.scale``, each as the text of its module."""

from __future__ import annotations

WAYS = {
    "from": """
from flows.util import scale
@task
def mean(x: float) -> float:
    return scale(x)
""",
    "alias": """
from flows.util import scale as s
@task
def mean(x: float) -> float:
    return s(x)
""",
    "module": """
import flows.util
@task
def mean(x: float) -> float:
    return flows.util.scale(x)
""",
    "module alias": """
import flows.util as helpers
@task
def mean(x: float) -> float:
    return helpers.scale(x)
""",
    "relative": """
from .util import scale
@task
def mean(x: float) -> float:
    return scale(x)
""",
    "relative module": """
from . import util
@task
def mean(x: float) -> float:
    return util.scale(x)
""",
    "star": """
from flows.util import *
@task
def mean(x: float) -> float:
    return scale(x)
""",
    "handed on": """
from flows import handed_on
@task
def mean(x: float) -> float:
    return handed_on(x)
""",
    "in the body": """
@task
def mean(x: float) -> float:
    from flows.util import scale
    return scale(x)
""",
    "module in the body": """
@task
def mean(x: float) -> float:
    import flows.util
    return flows.util.scale(x)
""",
    "one of two imports": """
@task
def mean(x: float) -> float:
    try:
        from flows.util import scale
    except ImportError:
        scale = abs
    return scale(x)
""",
    "default": """
from flows.util import scale
@task
def mean(x: float) -> float:
    def inner(f=scale):
        return f(x)
    return inner()
""",
    "nested function": """
from flows import util
@task
def mean(x: float) -> float:
    return sum(map(lambda y: util.scale(y), [x]))
""",
    "comprehension": """
from flows import util
@task
def mean(x: float) -> float:
    return sum(util.scale(y) for y in [x])
""",
    "partial": """
import functools
from flows import util
half = functools.partial(util.scale, 0.5)
@task
def mean(x: float) -> float:
    return half()
""",
    "cached": """
import functools
from flows import util
kept = functools.lru_cache(util.scale)
@task
def mean(x: float) -> float:
    return kept(x)
""",
    "table": """
from flows import util
TABLE = {"scale": [util.scale]}
@task
def mean(x: float) -> float:
    return TABLE["scale"][0](x)
""",
    "class attribute": """
from flows import util
class Tools:
    scale = util.scale
@task
def mean(x: float) -> float:
    return Tools.scale(x)
""",
    "method": """
from flows import util
class Tool:
    def use(self, x):
        return util.scale(x)
@task
def mean(x: float) -> float:
    return Tool().use(x)
""",
    "base class": """
from flows import util
class Base:
    def use(self, x):
        return util.scale(x)
class Tool(Base):
    pass
@task
def mean(x: float) -> float:
    return Tool().use(x)
""",
    "instance": """
from flows import util
class Tool:
    def use(self, x):
        return util.scale(x)
TOOL = Tool()
@task
def mean(x: float) -> float:
    return TOOL.use(x)
""",
    "closure": """
from flows import util
def make(f):
    def inner(x):
        return f(x)
    return inner
made = make(util.scale)
@task
def mean(x: float) -> float:
    return made(x)
""",
    "decorator": """
import functools
from flows import util
def scaled(f):
    @functools.wraps(f)
    def inner(x):
        return util.scale(f(x))
    return inner
@scaled
def same(x):
    return x
@task
def mean(x: float) -> float:
    return same(x)
""",
    "under a decorator": """
import contextlib
from flows import util
@contextlib.contextmanager
def scaled(x):
    yield util.scale(x)
@task
def mean(x: float) -> float:
    with scaled(x) as y:
        return y
""",
    "another task": """
from flows import util
@task
def helper(x: float) -> float:
    return util.scale(x)
@task
def mean(x: float) -> float:
    return helper(x=x)
""",
    "a workflow": """
from volery import workflow
from flows import util
@task
def helper(x: float) -> float:
    return util.scale(x)
@workflow
def flow(x: float) -> float:
    return helper(x=x)
@task
def mean(x: float) -> float:
    return flow(x=x)
""",
    "a launch plan": """
from volery import LaunchPlan, workflow
from flows import util
@task
def helper(x: float) -> float:
    return util.scale(x)
@workflow
def flow(x: float) -> float:
    return helper(x=x)
plan = LaunchPlan.get_or_create(flow, name="reached")
@task
def mean(x: float) -> float:
    return plan(x=x)
""",
    "the module as a whole": """
from flows import util
@task
def mean(x: float) -> float:
    return vars(util)["scale"](x)
""",
    "a graph of a dynamic task": """
from flows import util
from volery import dynamic
@task
def helper(x: float) -> float:
    return util.scale(x)
@dynamic
def mean(x: float) -> float:
    return helper(x=x)
""",
    "a call of an eager task": """
from flows import util
from volery import eager
@task
def helper(x: float) -> float:
    return util.scale(x)
@eager
async def mean(x: float) -> float:
    return await helper(x=x)
""",
    "a map": """
from flows import util
from volery import map_task
@task
def helper(x: float) -> float:
    return util.scale(x)
helpers = map_task(helper)
@task
def mean(x: float) -> float:
    return helpers(x=[x])[0]
""",
}
