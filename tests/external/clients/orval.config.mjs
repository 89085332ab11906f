export default {
  sdk: {
    input: "sdk.json",
    output: {
      target: "client.ts",
      client: "fetch",
      baseUrl: { getBaseUrlFromSpecification: true },
    },
  },
};
