//! Reads the tables that are embedded in the program: RFC 4180 without line breaks inside a cell.
//! Cells are slices of the embedded text, so that loading a table copies nothing.

/// The rows of `table` without its header. A quoted cell may hold commas; a doubled quotation mark
/// does not occur in our tables (a test says so).
pub(super) fn of(table: &'static str) -> Vec<Vec<&'static str>> {
    table.lines().skip(1).filter(|line| !line.is_empty()).map(cells).collect()
}

fn cells(line: &'static str) -> Vec<&'static str> {
    let mut cells = Vec::with_capacity(8);
    let mut rest = line;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').unwrap_or(quoted.len());
                (&quoted[..end], quoted.get(end + 1..).unwrap_or(""))
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (&rest[..end], &rest[end..])
            }
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return cells,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn quoted_cells_may_hold_commas() {
        assert_eq!(super::of("h1,h2,h3\n\"a, b\",,c\n\nx,y,\n"), [vec!["a, b", "", "c"], vec!["x", "y", ""]]);
    }

    #[test]
    fn no_table_holds_a_doubled_quotation_mark() {
        for table in [include_str!("../../data/titles.csv"), include_str!("../../data/functions.csv")] {
            assert!(!table.contains("\"\"") && !table.contains('\r'));
        }
    }
}
