// Each body of a JSON array, as npm's qs encodes it, in each of its ways to write an array.
const qs = require("qs");
const bodies = JSON.parse(require("fs").readFileSync(0, "utf8"));
const format = process.argv[2];
console.log(JSON.stringify(bodies.map((body) => qs.stringify(body, { arrayFormat: format }))));
