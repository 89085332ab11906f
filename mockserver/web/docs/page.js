// Swagger UI on both documents. The token is filled in: that of ?token=, else of a sandbox for
// this page alone, so that who tries things here disturbs nobody.
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
    // The control API's document may want the token too, before there is anything to fill it in.
    if (request.loadSpec) request.headers.Authorization = `Bearer ${token}`;
    return request;
  },
  onComplete() {
    ui.preauthorizeApiKey("bearer", token);
  },
});
