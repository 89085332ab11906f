// Copy it to your tests, and install the package testcontainers beside them.
import { GenericContainer, Wait } from "testcontainers";

const CONTROL_TOKEN = "team-token";

/** Start a server in a container; the tests end it by `await server.container.stop()`. */
export async function startServer() {
  const container = await new GenericContainer("protocol-sandbox:0.1.0")
    .withExposedPorts(4242)
    .withEnvironment({ MOCKSERVER_CONTROL_TOKEN: CONTROL_TOKEN })
    .withWaitStrategy(Wait.forHttp("/_sandbox/ready", 4242))
    .start();
  const url = `http://${container.getHost()}:${container.getMappedPort(4242)}`;
  return { container, url, controlToken: CONTROL_TOKEN };
}
