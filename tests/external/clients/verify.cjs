// Verify each delivery of a JSON array with npm's standardwebhooks and svix. For each delivery
// and library, print the id of the verified event, or null if the library refuses the signature.
const libraries = [require("standardwebhooks"), require("svix")];
const deliveries = JSON.parse(require("fs").readFileSync(0, "utf8"));

function verify(library, { secret, headers, body }) {
  try {
    return new library.Webhook(secret).verify(body, headers).id;
  } catch (error) {
    if (error instanceof library.WebhookVerificationError) return null;
    throw error;
  }
}

const results = deliveries.map((delivery) => libraries.map((library) => verify(library, delivery)));
console.log(JSON.stringify(results));
