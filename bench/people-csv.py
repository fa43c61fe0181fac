#!/usr/bin/env python3
"""Writes the people of a SQLite database as a prospect file, to measure an import of realistic rows.

    lexi prospects generate --people 1000000 --data made
    bench/people-csv.py made/lexi.db people.csv
"""
import csv
import json
import sqlite3
import sys

COLUMNS = [
    "external_id", "full_name", "first_name", "last_name", "title", "email", "phone", "city", "state", "country",
    "company", "company_domain", "industry", "company_type", "headcount", "revenue_usd", "founded", "company_city",
    "company_state", "company_country", "practice_areas",
]
SELECT = """
    select p.external_id, p.full_name, p.first_name, p.last_name, p.title, p.email, p.phone, p.city, p.state, p.country,
        c.name, c.domain, c.industry, c.company_type, c.headcount, c.revenue_usd, c.founded, c.city, c.state, c.country,
        p.practice_areas
    from prospects p left join prospect_companies c on c.id = p.company_id
    order by p.number"""


def main(database, path):
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for row in sqlite3.connect(f"file:{database}?mode=ro", uri=True).execute(SELECT):
            areas = "|".join(json.loads(row[-1])) if row[-1] else ""
            rows.writerow(["" if cell is None else cell for cell in row[:-1]] + [areas])


if __name__ == "__main__":
    main(*sys.argv[1:3])
