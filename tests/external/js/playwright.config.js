export default {
  reporter: "line",
  testMatch: "*.spec.mjs",
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] },
    permissions: ["local-network-access"],
  },
};
