import { expect, test } from "protocol-sandbox/playwright";

// A page that is not on this machine needs the permission of playwright.config.js.
const PAGE = "https://app.example/";

test("a page calls its sandbox", async ({ page, sandbox }) => {
  await sandbox.faults.add({ type: "error", status: 503 }, undefined, { times: 1 });
  await page.route(PAGE, (route) => route.fulfill({ contentType: "text/html", body: "<p>Hello" }));
  await page.goto(PAGE);
  const statuses = await page.evaluate(async (url) => {
    const headers = { Authorization: "Bearer fixed" };
    const get = async () => (await fetch(`${url}/contacts`, { headers })).status;
    return [await get(), await get()];
  }, sandbox.baseUrl);
  expect(statuses).toEqual([503, 200]);
});

test("a failed test has its requests attached", async ({ sandbox }) => {
  test.fail();
  await sandbox.call("GET", "/v1/contacts");
  expect(1).toBe(2);
});
