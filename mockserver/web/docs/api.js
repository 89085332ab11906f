// Swagger UI for both documents, with a token filled in: the one in ?token=, or one that selects a
// sandbox of this page only, so that requests sent from here change no other sandbox.
const token = new URLSearchParams(location.search).get("token") || "sandbox_docs";

const ui = SwaggerUIBundle({
  dom_id: "#page",
  urls: [
    { url: "/openapi.json", name: "Protocol API" },
    { url: "/_sandbox/openapi.json", name: "Control API" },
  ],
  layout: "StandaloneLayout",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  validatorUrl: null,
  persistAuthorization: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  requestInterceptor(request) {
    // The control API's document may need the token too, and is loaded before the token is set.
    if (request.loadSpec) request.headers.Authorization = `Bearer ${token}`;
    return request;
  },
  onComplete() {
    ui.preauthorizeApiKey("bearer", token);
  },
});
