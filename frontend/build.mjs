// Copies what pages need from the installed packages into the package's static files, so that nothing is
// fetched from another host when the platform runs.
import { cp, mkdir } from "node:fs/promises";

const target = new URL("../src/hitotsu/faces/static/hitotsu/vendor/", import.meta.url);
const files = {
  "@digital-go-jp/design-tokens/dist/tokens.css": "tokens.css",
  "@digital-go-jp/design-tokens/LICENSE": "tokens.LICENSE.txt",
  "htmx.org/dist/htmx.min.js": "htmx.js",
  "htmx.org/LICENSE": "htmx.LICENSE.txt",
};

await mkdir(target, { recursive: true });
for (const [from, to] of Object.entries(files)) {
  await cp(new URL(`./node_modules/${from}`, import.meta.url), new URL(to, target));
}
