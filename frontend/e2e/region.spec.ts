import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { Portal } from "./support/portal";
import { expect, test } from "./support/test";
import { code, step } from "./support/totp";

// A region from nothing: three structures, the people of one of them, a referent, a provider; then all of them at once.

const password = "quatre mots sans rapport";

/** A role by what it meets: the rooms it has, what it may open, what it may not. */
interface Part {
  name: string;
  page: Page;
  rooms: string[];
  opens: Record<string, string | RegExp>;
  closed: string[];
}

test.describe("a region", () => {
  test.setTimeout(240_000);
  test.use({ expectedNoise: [/403|404/] }); // pages that are not theirs, opened on purpose

  let portal: Portal;
  test.beforeEach(async () => {
    portal = await Portal.start();
  });
  test.afterEach(() => portal.stop());

  test("is set up from nothing, and five people see what is theirs at once", async ({ page, browser, check, contextOptions, javaScriptEnabled, viewport }) => {
    const began = Date.now();
    const options = { ...contextOptions, javaScriptEnabled, viewport };
    await page.goto(portal.address + portal.setupPath);
    await page.getByLabel("Nom de la structure").fill("Clinique Première");
    await page.getByLabel("Région").fill("Région des Essais");
    await page.getByLabel("Vos nom et prénom").fill("Ada Essai");
    await page.getByLabel("Adresse électronique").fill("ada@essais.example");
    await page.getByLabel("Mot de passe").fill(password);
    await page.getByRole("button", { name: "Créer ma structure" }).click();
    await expect(page).toHaveURL(/\/services$/);

    // Two more structures, each with the person who administers it.
    await work(page, portal, "Région des Essais");
    for (const [structure, mail] of [["Clinique Deuxième", "bea@essais.example"], ["Clinique Troisième", "carl@essais.example"]] as const) {
      await page.goto(`${portal.address}/region`);
      await page.getByLabel("Nom de la structure").fill(structure);
      await page.getByLabel("Adresse électronique de la personne qui l’administrera").fill(mail);
      await page.getByRole("button", { name: "Ajouter et inviter" }).click();
      const administrator = await joins(browser, options, portal, await shownLink(page), structure);
      await protect(administrator);
      await expect(administrator.getByRole("banner")).toContainText(structure);
      await administrator.context().close();
    }
    await page.goto(`${portal.address}/region`);
    for (const structure of ["Clinique Première", "Clinique Deuxième", "Clinique Troisième"]) await expect(page.getByRole("link", { name: structure })).toBeVisible();
    await check("region-01-structures");
    const referent = await invited(page, browser, options, portal, "Référent");
    await protect(referent);

    await work(page, portal, "Clinique Première");
    const buyer = await invited(page, browser, options, portal, "Acheteur");
    const officer = await invited(page, browser, options, portal, "Responsable de la sécurité");
    await protect(officer);
    const dpo = await invited(page, browser, options, portal, "Délégué à la protection des données");

    // The buyer names who answers for a supplier, who comes in by a link.
    await buyer.goto(`${portal.address}/suppliers/new`);
    await buyer.getByLabel("Nom du prestataire").fill("Logiciels d’Essai");
    await buyer.getByRole("button", { name: "Enregistrer" }).click();
    await buyer.getByLabel("Nom", { exact: true }).fill("Max Essai");
    await buyer.getByLabel("Adresse électronique").fill("max@logiciels.example");
    await buyer.getByRole("button", { name: "Ajouter et écrire" }).click();
    const provider = await (await browser.newContext(options)).newPage();
    await provider.goto(await shownLink(buyer));
    await provider.getByRole("button", { name: "Ouvrir l’espace" }).click();
    await expect(provider.getByRole("heading", { level: 1 })).toHaveText("Logiciels d’Essai");
    const space = new URL(provider.url()).pathname;
    expect(Date.now() - began, "ten minutes are enough for all of it").toBeLessThan(10 * 60_000);

    // The service that the region may see nothing of yet.
    await buyer.goto(`${portal.address}/services/new`);
    await buyer.getByLabel("Nom du prestataire").fill("Logiciels d’Essai");
    await buyer.getByLabel("Intitulé").fill("Dossier des essais");
    await buyer.getByRole("button", { name: /Continuer/ }).click();
    const known = buyer.getByRole("radio", { name: /^Logiciels d’Essai/ });
    await known.check();
    await buyer.getByRole("button", { name: /Continuer/ }).click();
    await expect(buyer).toHaveURL(/\/framing/);
    const service = new URL(buyer.url()).pathname.replace("/framing", "");

    const structure = ["Prestations", "Prestataires", "Bibliothèque", "Personnes", "Réglages"];
    const parts: Part[] = [
      { name: "buyer", page: buyer, rooms: structure, opens: { [service]: "Dossier des essais", "/suppliers": "Prestataires", [`${service}/framing`]: /./ }, closed: ["/journal", "/mail", "/region", space] },
      { name: "officer", page: officer, rooms: structure, opens: { [service]: "Dossier des essais", "/journal": "Journal", [`${service}/framing`]: /./ }, closed: ["/mail", "/region", space] },
      { name: "dpo", page: dpo, rooms: structure, opens: { [service]: "Dossier des essais", "/journal": "Journal" }, closed: [`${service}/framing`, "/services/new", "/suppliers/new", "/mail", "/region", space] },
      { name: "referent", page: referent, rooms: ["Région", "Prestataires", "Bibliothèque", "Personnes"], opens: { "/region": "Région des Essais", "/suppliers": "Prestataires", "/region/services": "Prestations partagées" }, closed: [service, "/services/new", "/journal", "/mail", space] },
      { name: "provider", page: provider, rooms: [], opens: { [space]: "Logiciels d’Essai" }, closed: ["/services", "/suppliers", service, "/region", "/people", "/journal"] },
    ];
    await Promise.all(parts.map((part) => plays(part, portal)));
    await referent.goto(`${portal.address}/region/services`);
    await expect(referent.getByText("Rien de partagé")).toBeVisible();

    await page.goto(`${portal.address}/settings`);
    await page.getByLabel("Un résumé").check();
    await page.getByRole("button", { name: "Enregistrer" }).first().click();
    await expect(async () => {
      await referent.goto(`${portal.address}/region/services`);
      await expect(referent.getByRole("cell", { name: "Dossier des essais" })).toBeVisible({ timeout: 500 });
    }).toPass();

    await page.goto(`${portal.address}/suppliers`);
    await check("region-02-suppliers");
    await page.getByRole("link", { name: "Logiciels d’Essai" }).click();
    await check("region-03-supplier");
    await page.goto(portal.address + space);
    await check("region-04-ask-for-a-link");

    // Whoever leaves has left at once.
    await page.goto(`${portal.address}/people`);
    await page.getByRole("listitem").filter({ hasText: "Délégué Essai" }).getByRole("link", { name: "Retirer l’accès" }).click();
    await page.getByRole("button", { name: "Retirer l’accès" }).last().click();
    await expect(page.getByText("Délégué Essai")).toHaveCount(0);
    await dpo.goto(`${portal.address}/services`);
    await expect(dpo).toHaveURL(/\/sign-in/);
    await provider.goto(portal.address + space);
    await expect(provider.getByText("Rien n’est attendu de vous")).toBeVisible();
  });

  // plays walks one of five through the portal.
  async function plays({ name, page, rooms, opens, closed }: Part, portal: Portal) {
    for (const [path, heading] of Object.entries(opens)) {
      await page.goto(portal.address + path);
      await expect(page.getByRole("heading", { level: 1 }), `${name} opens ${path}`).toHaveText(heading);
      expect(await page.getByRole("navigation", { name: "Navigation principale" }).getByRole("link").allInnerTexts(), `rooms of ${name}`).toEqual(rooms);
    }
    for (const path of closed) {
      const answer = await page.goto(portal.address + path);
      const refused = answer === null || [403, 404].includes(answer.status()) || /\/(sign-in|provider\/[0-9a-v]{26}$)/.test(new URL(page.url()).pathname);
      expect(refused, `${name} is refused ${path}: ${answer?.status()} ${page.url()}`).toBe(true);
      if (path.startsWith("/provider/")) await expect(page.getByRole("heading", { level: 1 })).toHaveText("Entrer dans l’espace de votre entreprise");
    }
  }
});

// shownLink is the link that a page shows to be passed on.
async function shownLink(page: Page): Promise<string> {
  return page.locator("code", { hasText: "http" }).first().innerText();
}

async function joins(browser: Browser, options: BrowserContextOptions, portal: Portal, link: string, who: string): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(portal.address + new URL(link).pathname);
  await page.getByLabel("Vos nom et prénom").fill(`${who.split(" ")[0]} Essai`);
  await page.getByLabel(/mot de passe/i).fill(password);
  await page.getByRole("button", { name: /Rejoindre|Accepter/ }).click();
  return page;
}

async function invited(host: Page, browser: Browser, options: BrowserContextOptions, portal: Portal, role: string): Promise<Page> {
  await host.goto(`${portal.address}/people`);
  await host.getByLabel("Adresse électronique").fill(`${role.split(" ")[0]?.toLowerCase().normalize("NFD").replace(/[^a-z]/g, "")}@essais.example`);
  await host.getByRole("radio", { name: new RegExp(`^${role}`) }).check();
  await host.getByRole("button", { name: "Inviter" }).click();
  return joins(browser, options, portal, await shownLink(host), role);
}

// protect sets up the application of codes that a role needs.
async function protect(page: Page) {
  await expect(page).toHaveURL(/\/account\/second-factor/);
  await page.getByRole("link", { name: "Installer une application" }).click();
  await page.getByText("Je ne peux pas lire l’image").click();
  const secret = (await page.locator(".secret").innerText()).trim();
  await page.getByLabel("Code à six chiffres").fill(code(secret, Date.now() - step));
  await page.getByRole("button", { name: "Vérifier et activer" }).click();
  await page.getByRole("link", { name: "continuer" }).click();
}

// work moves somebody who belongs to several places.
async function work(page: Page, portal: Portal, place: string) {
  await page.goto(`${portal.address}/places`);
  const line = page.getByRole("listitem").filter({ hasText: place });
  if (await line.getByRole("button").count()) await line.getByRole("button").click();
  await expect(page.getByRole("contentinfo").or(page.getByRole("banner")).first()).toBeVisible();
}
