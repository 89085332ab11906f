// Validate documents with swagger-parser, and print the problem of each invalid one.
import SwaggerParser from "@apidevtools/swagger-parser";

for (const name of process.argv.slice(2)) {
  await SwaggerParser.validate(name).catch((error) => console.log(`${name}: ${error.message}`));
}
