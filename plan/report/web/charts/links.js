// What leads to a point of a sweep: links of the tables, cells of heat maps, a page that is opened at one. A folded
// point is opened when it is come to.

/** Opens the element of the page's address, if it is folded, and shows it. */
export function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let folded = target.closest('details'); folded; folded = folded.parentElement.closest('details')) folded.open = true;
  target.scrollIntoView();
}

/** Follows the link of a chart's own table that belongs to a value of it. */
export function follow(figure, kind, {value, dataIndex}) {
  const row = figure.querySelectorAll('tbody tr')[kind === 'heat' ? value[0] : dataIndex];
  const cell = kind === 'heat' ? row?.querySelectorAll('td')[value[1]] : row?.querySelector('th');
  cell?.querySelector('a')?.click();
}
