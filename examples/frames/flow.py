"""Orders and prices: one step uses pandas, the next polars, and none of them has to know."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
import polars as pl

from volery import StructuredDataset, kwtypes, task, workflow

Orders = kwtypes(item=str, pieces=int)


@task
def orders() -> Annotated[pd.DataFrame, Orders]:
    """What was ordered; only the columns that are declared travel."""
    return pd.DataFrame(
        {
            "item": ["bolt", "nut", "bolt", "washer"],
            "pieces": [120, 80, 30, 500],
            "clerk": ["Ada", "Bob", "Ada", "Eve"],
        }
    )


@task
def prices() -> Annotated[StructuredDataset, kwtypes(item=str, price=float), "csv"]:
    """What a piece costs, as a CSV file."""
    frame = pl.DataFrame({"item": ["bolt", "nut", "washer"], "price": [0.15, 0.05, 0.01]})
    return StructuredDataset(dataframe=frame)


@task
def revenue(
    orders: Annotated[pl.LazyFrame, Orders], prices: StructuredDataset
) -> Annotated[pl.LazyFrame, kwtypes(item=str, revenue=float)]:
    """What each item brings in; nothing is computed before the result is written."""
    costs = prices.open(pl.LazyFrame).all()
    bill = orders.join(costs, on="item").with_columns(revenue=pl.col("pieces") * pl.col("price"))
    return bill.group_by("item").agg(pl.col("revenue").sum()).sort("revenue", descending=True)


@task
def best(revenue: Annotated[pd.DataFrame, kwtypes(item=str, revenue=float)]) -> str:
    """The item that brings in the most."""
    first = revenue.iloc[0]
    return f"{first['item']} brings in {first['revenue']:.2f}"


@task
def count(orders: StructuredDataset) -> int:
    """How many pieces were ordered, read piece by piece."""
    return sum(int(part["pieces"].sum()) for part in orders.open(pd.DataFrame).iter())


@workflow
def sales() -> tuple[str, int]:
    """Who earns the money."""
    ordered = orders()
    return best(revenue=revenue(orders=ordered, prices=prices())), count(orders=ordered)


if __name__ == "__main__":
    print(*sales(), sep="\n")
