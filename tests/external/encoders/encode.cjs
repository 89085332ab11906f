// Encode each body of a JSON array with npm's qs; the argument is its array format.
const qs = require("qs");
const bodies = JSON.parse(require("fs").readFileSync(0, "utf8"));
const format = process.argv[2];
console.log(JSON.stringify(bodies.map((body) => qs.stringify(body, { arrayFormat: format }))));
