import type { Page } from "@playwright/test";
import { Portal } from "./support/portal";
import { Provider } from "./support/provider";
import { expect, test } from "./support/test";

// An account elsewhere: linked, used to sign in and out, given up, removed. The provider is a real one, on an origin of its own.

test.describe("an account elsewhere", () => {
  test.use({ expectedNoise: [/40[34]|422/] }); // refusals on purpose; the provider has no icon
  test.setTimeout(240_000);

  let portal: Portal;
  let provider: Provider;
  test.beforeEach(async () => {
    portal = await Portal.start("localhost", async (address) => {
      provider = await Provider.start(address);
      return provider.settings;
    });
  });
  test.afterEach(async () => {
    await portal.stop();
    await provider.stop();
  });

  const enter = async (page: Page, account: string) => {
    await page.getByLabel("Compte").fill(account);
    await page.getByLabel("Deux preuves").check();
    await page.getByRole("button", { name: "Entrer" }).click();
  };

  test("signs its owner in once they have linked it", async ({ page, check }) => {
    await page.goto(portal.address + portal.setupPath);
    await page.getByLabel("Nom de la structure").fill("Clinique des Essais");
    await page.getByLabel("Vos nom et prénom").fill("Ada Essai");
    await page.getByLabel("Adresse électronique").fill("ada@essais.example");
    await page.getByLabel("Mot de passe").fill("quatre mots sans rapport");
    await page.getByRole("button", { name: "Créer ma structure" }).click();
    await page.goto(`${portal.address}/account`);
    await check("provider-01-account");
    await page.getByRole("button", { name: "Rattacher l’annuaire du CHU" }).click();
    await enter(page, "ada");
    await expect(page.getByText("Ce compte est rattaché")).toBeVisible();
    await check("provider-02-linked");

    await page.getByRole("button", { name: "Se déconnecter" }).first().click();
    await expect(page).toHaveURL(/\/sign-in$/);
    await page.goto(`${portal.address}/sign-in?next=/settings`);
    await check("provider-03-sign-in");
    await page.getByRole("button", { name: "Se connecter avec l’annuaire du CHU" }).click();
    await page.getByRole("button", { name: "Renoncer" }).click();
    await expect(page.getByText("ou vous y avez renoncé").first()).toBeVisible();
    await check("provider-04-given-up");
    await page.getByRole("button", { name: "Se connecter avec l’annuaire du CHU" }).click();
    await enter(page, "eve");
    await expect(page.getByText("rattaché à personne ici").first()).toBeVisible();
    await check("provider-05-nobodys");
    await page.getByRole("button", { name: "Se connecter avec l’annuaire du CHU" }).click();
    await enter(page, "ada");
    await expect(page).toHaveURL(/\/settings$/);

    await page.goto(`${portal.address}/account`);
    await page.getByRole("link", { name: "Ne plus se connecter avec l’annuaire du CHU" }).click();
    await check("provider-06-removal");
    await page.getByRole("button", { name: "Retirer ce compte" }).click();
    await expect(page.getByText("Ce compte est retiré.")).toBeVisible();
    await page.getByRole("button", { name: "Se déconnecter" }).first().click();
    await expect(page).toHaveURL(/\/sign-in\?state=/); // by way of the provider
    await expect(page.getByText("Vous êtes déconnecté")).toBeVisible();
  });

  test("lets a guest join without a password", async ({ page, check }) => {
    await page.goto(portal.address + portal.setupPath);
    await page.getByLabel("Nom de la structure").fill("Clinique des Essais");
    await page.getByLabel("Vos nom et prénom").fill("Ada Essai");
    await page.getByLabel("Adresse électronique").fill("ada@essais.example");
    await page.getByLabel("Mot de passe").fill("quatre mots sans rapport");
    await page.getByRole("button", { name: "Créer ma structure" }).click();
    await page.goto(`${portal.address}/people`);
    await page.getByLabel("Adresse électronique").fill("bea@essais.example");
    await page.getByRole("button", { name: /Inviter/ }).click();
    const link = /\/invitations\/[^"&<]+/.exec(await page.content());
    if (!link) throw new Error("no link to pass on");
    await page.getByRole("button", { name: "Se déconnecter" }).first().click();
    await page.goto(portal.address + link[0]);
    await check("provider-07-invitation");
    await page.getByRole("button", { name: "Se connecter avec l’annuaire du CHU" }).click();
    await enter(page, "bea");
    await expect(page).toHaveURL(/\/services$/);
    await page.goto(`${portal.address}/account`);
    await expect(page.getByText("bea@essais.example").first()).toBeVisible();
    await check("provider-08-joined");
  });
});
