"""What the contract offers: services/insights/contract/index.ts."""

from fastapi import APIRouter

from insights.database import Database
from insights.read_model import Sales, read_sales, read_totals
from insights.sales import By


def query_routes(database: Database) -> APIRouter:
    router = APIRouter()

    # No coroutines: the database is waited for in threads of their own.
    @router.get("/sales/{by}")
    def get_sales(by: By) -> list[Sales]:
        with database.reading() as connection:
            return read_sales(connection, by)

    @router.get("/totals")
    def get_totals() -> dict[str, int]:
        with database.reading() as connection:
            return read_totals(connection)

    return router
