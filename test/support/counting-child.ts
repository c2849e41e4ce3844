// Counts, a hundred times a second, and tells how far it is.
let count = 0;
setInterval(() => {
  count += 1;
  process.send?.(count);
}, 10);
process.once("disconnect", () => process.exit());
