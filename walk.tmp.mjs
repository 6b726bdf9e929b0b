// walk.tmp.mts
import { chromium as chromium2 } from "@playwright/test";
import { AxeBuilder } from "@axe-core/playwright";

// e2e/support/browser.ts
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "@playwright/test";
var ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run"
];
var SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
];
var PARTS = ["chromium.br", "fonts.tar.br", "swiftshader.tar.br", "al2023.tar.br"];
async function findBrowser() {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((pair) => pair[1] !== void 0)
  );
  const named = process.env.COUNTERSIGN_BROWSER;
  if (named !== void 0 && named !== "") {
    if (!existsSync(named)) throw new Error(`COUNTERSIGN_BROWSER names ${named}, which does not exist.`);
    return { executablePath: named, args: ARGS, env };
  }
  const there = [chromium.executablePath(), ...SYSTEM].find((file) => file !== "" && existsSync(file));
  if (there !== void 0) return { executablePath: there, args: ARGS, env };
  const folder = await unpack();
  return {
    executablePath: path.join(folder, "chromium"),
    args: ARGS,
    env: { ...env, LD_LIBRARY_PATH: path.join(folder, "al2023", "lib"), FONTCONFIG_PATH: path.join(folder, "fonts") }
  };
}
async function unpack() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("No browser was found: run npx playwright install chromium, or set COUNTERSIGN_BROWSER.");
  }
  const entry = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const pack = entry.slice(0, entry.lastIndexOf("/chromium/") + "/chromium".length);
  const { version } = JSON.parse(readFileSync(path.join(pack, "package.json"), "utf8"));
  const folder = path.join(pack, "../../.cache/countersign", `chromium-${version}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  const before = process.env.TMPDIR;
  try {
    process.env.TMPDIR = draft;
    const { inflate } = await import("@sparticuz/chromium");
    for (const part of PARTS) await inflate(path.join(pack, "bin", part));
    writeFileSync(path.join(draft, "fonts", "fonts.conf"), fontConfiguration(folder));
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    if (before === void 0) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}
function fontConfiguration(folder) {
  const folders = [path.join(folder, "fonts"), "/usr/share/fonts"].map((dir) => `<dir>${dir}</dir>`).join("");
  const cache = `<cachedir>${path.join(folder, "font-cache")}</cachedir>`;
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}${cache}</fontconfig>
`;
}

// walk.tmp.mts
import { readFileSync as readFileSync2 } from "node:fs";
var B = "http://localhost:3411";
var link = /http:\/\/localhost:3411\/welcome\/\S+/.exec(readFileSync2("/tmp/people.log", "utf8"))[0];
var found = await findBrowser();
var browser = await chromium2.launch(found);
var out = (...a) => console.log(...a);
var PW = "kelp-lantern-orbit-7";
async function context(js = false, theme = "light") {
  const c = await browser.newContext({ javaScriptEnabled: js, baseURL: B, viewport: { width: 1280, height: 900 }, colorScheme: theme });
  const p = await c.newPage();
  p.on("console", (m) => {
    if (m.type() === "error" || m.type() === "warning") out("CONSOLE", p.url(), m.text());
  });
  p.on("pageerror", (e) => out("PAGEERROR", p.url(), e.message));
  return { c, p };
}
async function shot(p, name) {
  await p.screenshot({ path: `/tmp/shots/${name}.png`, fullPage: true });
}
var { p: admin, c: adminC } = await context(false);
await admin.goto(link);
await admin.fill("#f-name", "Petra Vandermolen");
await admin.fill("#f-email", "Petra@Quillhaven.example");
await admin.fill("#f-password", "shortxx");
await admin.fill("#f-organisation", "Quillhaven Mutual");
await admin.selectOption("#f-timeZone", "Europe/Amsterdam");
await shot(admin, "welcome");
await admin.click("text=Create my account");
out("after weak", admin.url(), await admin.locator(".err").allInnerTexts(), await admin.inputValue("#f-name"));
await shot(admin, "welcome-error");
await admin.fill("#f-password", PW);
await admin.click("text=Create my account");
out("after found", admin.url(), await admin.locator("h1").innerText());
await shot(admin, "people-first");
async function inviteAs(name, email, roles) {
  await admin.goto("/settings/people?act=invite");
  await admin.fill("#f-name", name);
  await admin.fill("#f-email", email);
  for (const r2 of roles) await admin.check(`input[value=${r2}]`);
  await admin.click("text=Make their link");
  const secret = await admin.locator(".once code").innerText();
  return secret;
}
await admin.goto("/settings/people?act=invite");
await shot(admin, "invite");
var cisoLink = await inviteAs("Ilse Tamm", "ilse@quillhaven.example", ["ciso"]);
await shot(admin, "invited");
out("link", cisoLink.slice(0, 30));
await admin.reload();
out("after reload once", await admin.locator(".once").count());
var { p: ciso } = await context(false);
await ciso.goto(cisoLink);
await shot(ciso, "join");
await ciso.fill("#f-password", PW);
await ciso.click('button:has-text("Join")');
out("ciso at", ciso.url());
var second = await inviteAs("Second Ciso", "second@quillhaven.example", ["ciso", "analyst"]);
var { p: ciso2 } = await context(false);
await ciso2.goto(second);
await ciso2.fill("#f-password", PW);
await ciso2.click('button:has-text("Join")');
await ciso.goto("/settings/people");
await shot(ciso, "cosign");
out("waiting", await ciso.locator(".act h3").allInnerTexts());
await ciso.click('button:has-text("Co-sign")');
out("cosigned", await ciso.locator(".once").innerText());
var bad = await inviteAs("Bad", "ilse@quillhaven.example", []).catch((e) => "refused");
out("dup invite", bad, await admin.locator(".err, .errs").allInnerTexts());
var ana = await inviteAs("Dana Whitlock", "dana@quillhaven.example", ["analyst"]);
var { p: dana, c: danaC } = await context(true);
await dana.goto(ana);
await dana.fill("#f-password", PW);
await dana.click('button:has-text("Join")');
await dana.waitForLoadState();
out("dana at", dana.url());
await admin.goto("/settings/on-call");
await shot(admin, "oncall-empty");
await admin.selectOption("#f-personId", { label: "Dana Whitlock" });
await admin.click("text=Put them on call");
out("oncall", await admin.locator("h1").innerText());
await shot(admin, "oncall");
await dana.goto("/settings/tokens");
await dana.fill("#f-name", "nightly");
await dana.click("text=Make the token");
await dana.waitForSelector(".once");
var token = await dana.locator(".once code").innerText();
out("token", token.slice(0, 6), token.length);
await shot(dana, "tokens");
out("api", (await (await fetch(B + "/api/console/people", { headers: { authorization: `Bearer ${token}` } })).text()).slice(0, 60));
out("api write", (await fetch(B + "/api/console/teams", { method: "POST", headers: { authorization: `Bearer ${token}`, origin: B, "content-type": "application/json" }, body: '{"name":"x"}' })).status);
await dana.click("text=Revoke\u2026");
await dana.waitForSelector("#act");
await shot(dana, "token-revoke");
await dana.click('.act button:has-text("Revoke nightly")');
await dana.waitForLoadState();
out("api after", (await fetch(B + "/api/console/people", { headers: { authorization: `Bearer ${token}` } })).status);
for (const path2 of ["/settings", "/settings/sessions", "/settings/tokens", "/settings/people", "/settings/on-call", "/settings/organisation"]) {
  for (const theme of ["light", "dark"]) {
    const x = await browser.newContext({ baseURL: B, colorScheme: theme, viewport: { width: 1280, height: 900 }, storageState: await (path2 === "/settings/organisation" ? adminC : danaC).storageState() });
    const q = await x.newPage();
    q.on("console", (m) => {
      if (m.type() === "error" || m.type() === "warning") out("CONSOLE", q.url(), m.text());
    });
    await q.goto(path2);
    await q.waitForLoadState("load");
    const r2 = await new AxeBuilder({ page: q }).analyze();
    out("axe", path2, theme, r2.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`));
    await q.screenshot({ path: `/tmp/shots${path2.replaceAll("/", "_")}-${theme}.png`, fullPage: true });
    if (theme === "light") {
      await q.setViewportSize({ width: 390, height: 844 });
      await q.screenshot({ path: `/tmp/shots${path2.replaceAll("/", "_")}-390.png`, fullPage: true });
      out("scroll", await q.evaluate(() => document.documentElement.scrollWidth));
    }
    await x.close();
  }
}
await admin.goto("/settings/people");
await admin.click("text=Dana Whitlock");
out("person", admin.url());
await shot(admin, "person");
await admin.click("text=Deactivate\u2026");
await shot(admin, "deactivate");
await admin.click('.act button:has-text("Deactivate")');
out("no reason", await admin.locator(".errs, .err").allInnerTexts());
await admin.fill("#f-reason", "left the company");
await admin.click('.act button:has-text("Deactivate Dana")');
out("done", await admin.locator(".once").innerText());
await dana.goto("/settings");
out("dana now at", dana.url());
await shot(dana, "login");
await dana.fill("#f-email", "dana@quillhaven.example");
await dana.fill("#f-password", PW);
await dana.click('button:has-text("Sign in")');
await dana.waitForLoadState();
out("login refused", dana.url(), await dana.locator("[role=alert]").allInnerTexts());
await shot(dana, "login-error");
await dana.fill("#f-email", "ilse@quillhaven.example");
await dana.fill("#f-password", PW);
await dana.click('button:has-text("Sign in")');
await dana.waitForLoadState();
out("ilse at", dana.url());
var r = await new AxeBuilder({ page: dana }).analyze();
out(r.violations.map((v) => v.id));
await dana.goto("/settings/sessions");
await dana.click('button:has-text("Sign out")');
await dana.waitForLoadState();
out("signed out", dana.url());
for (const path2 of ["/login", "/join/nonsense", "/new-password/x", "/welcome/x"]) {
  await dana.goto(path2);
  const a = await new AxeBuilder({ page: dana }).analyze();
  out("axe", path2, a.violations.map((v) => v.id));
  await shot(dana, path2.replaceAll("/", "_"));
}
var csrf = await fetch(B + "/api/auth/csrf");
var jar = csrf.headers.getSetCookie().map((c) => c.split(";")[0]).join("; ");
var { csrfToken } = await csrf.json();
var cb = await fetch(B + "/api/auth/callback/credentials", { method: "POST", redirect: "manual", headers: { origin: B, cookie: jar, "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ csrfToken, email: "ilse@quillhaven.example", password: PW, json: "true" }) });
out("next-auth", cb.status, await cb.text(), cb.headers.getSetCookie().map((c) => c.slice(0, 40)));
var jar2 = [...cb.headers.getSetCookie()].map((c) => c.split(";")[0]).join("; ");
out("session", await (await fetch(B + "/api/auth/session", { headers: { cookie: jar2 } })).text());
out("shell", (await (await fetch(B + "/api/console/shell", { headers: { cookie: jar2 } })).text()).slice(0, 400));
var so = await fetch(B + "/api/auth/signout", { method: "POST", redirect: "manual", headers: { origin: B, cookie: jar + "; " + jar2, "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ csrfToken, json: "true" }) });
out("signout", so.status);
out("session", await (await fetch(B + "/api/auth/session", { headers: { cookie: jar2 } })).text(), (await fetch(B + "/api/console/shell", { headers: { cookie: jar2 } })).status);
out("bad", (await fetch(B + "/api/auth/callback/credentials", { method: "POST", redirect: "manual", headers: { origin: B, cookie: jar, "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ csrfToken, email: "ilse@quillhaven.example", password: "x", json: "true" }) })).status, (await fetch(B + "/api/auth/signin")).status, (await fetch(B + "/api/auth/error")).status);
await browser.close();
