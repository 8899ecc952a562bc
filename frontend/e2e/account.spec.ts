import type { Page } from "@playwright/test";
import { Portal } from "./support/portal";
import { expect, test } from "./support/test";
import { code, step } from "./support/totp";

// One's own account as its owner protects it: an application of codes, a recovery code, a passkey.

const mail = "ada@essais.example";
const password = "quatre mots sans rapport";
test.describe("one's own account", () => {
  test.use({ expectedNoise: [/422/] }); // a form that is wrong on purpose
  test.setTimeout(180_000);

  let portal: Portal;
  test.beforeEach(async () => {
    portal = await Portal.start("localhost"); // a name, which passkeys need
  });
  test.afterEach(() => portal.stop());

  const setUp = async (page: Page) => {
    await page.goto(portal.address + portal.setupPath);
    await page.getByLabel("Nom de la structure").fill("Clinique des Essais");
    await page.getByLabel("Vos nom et prénom").fill("Ada Essai");
    await page.getByLabel("Adresse électronique").fill(mail);
    await page.getByLabel("Mot de passe").fill(password);
    await page.getByRole("button", { name: "Créer ma structure" }).click();
    await expect(page).toHaveURL(/\/services$/);
  };
  const signOut = (page: Page) => page.getByRole("button", { name: "Se déconnecter" }).first().click();
  const signIn = async (page: Page) => {
    await page.goto(`${portal.address}/sign-in?next=/settings`);
    await page.getByLabel("Adresse électronique").fill(mail);
    await page.getByLabel("Mot de passe").fill(password);
    await page.getByRole("button", { name: "Se connecter", exact: true }).click();
  };

  test("is protected by codes, recovery codes and a passkey", async ({ page, check, javaScriptEnabled }) => {
    const scripted = javaScriptEnabled !== false;
    await setUp(page);
    await expect(page.getByText("Protégez votre compte.")).toBeVisible();
    await check("account-01-banner");
    await page.goto(`${portal.address}/account`);
    await check("account-02-unprotected");
    await signOut(page);
    await check("account-03-sign-in");
    await page.getByRole("link", { name: "Mot de passe oublié" }).click();
    await check("account-04-lost");

    await signIn(page); // the second time, a second factor comes first
    await expect(page).toHaveURL(/\/account\/second-factor\?next=/);
    await check("account-05-choice");
    await page.goto(`${portal.address}/services`);
    await expect(page).toHaveURL(/\/account\/second-factor\?next=/);
    await page.getByRole("link", { name: "Installer une application" }).click();
    await page.getByText("Je ne peux pas lire l’image").click();
    const secret = (await page.locator(".secret").innerText()).trim();
    await page.getByLabel("Code à six chiffres").fill("12345");
    await page.getByRole("button", { name: "Vérifier et activer" }).click();
    await expect(page.getByText("Ce code est faux").first()).toBeVisible();
    await check("account-06-application");
    await page.getByLabel("Code à six chiffres").fill(code(secret, Date.now() - step)); // the one before the present one: each works once
    await page.getByRole("button", { name: "Vérifier et activer" }).click();
    const codes = await page.locator(".codes code").allInnerTexts();
    expect(codes).toHaveLength(10);
    await check("account-07-recovery-codes");
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Télécharger" }).click()]);
    expect(file.suggestedFilename()).toBe("garant-codes-de-secours.txt");
    await page.getByRole("link", { name: "continuer" }).click();
    await expect(page).toHaveURL(/\/services$/);

    await signOut(page);
    await signIn(page);
    await expect(page).toHaveURL(/\/sign-in\/second\?next=/);
    if (scripted) await expect(page.getByLabel("Code à six chiffres")).toBeFocused();
    await check("account-08-second");
    await page.getByLabel("Code à six chiffres").fill(code(secret, Date.now()));
    await page.getByRole("button", { name: "Continuer" }).click();
    await expect(page).toHaveURL(/\/settings$/);

    await signOut(page);
    await signIn(page);
    await page.getByRole("link", { name: "Utiliser un code de secours" }).click();
    await check("account-09-recovery");
    await page.getByLabel("Code de secours").fill(codes[0] ?? "");
    await page.getByRole("button", { name: "Continuer" }).click();
    await expect(page).toHaveURL(/\/settings$/);
    await page.goto(`${portal.address}/account`);
    await expect(page.getByText("Il vous en reste 9")).toBeVisible();
    await page.goto(`${portal.address}/account/password`);
    await check("account-10-password");
    if (scripted) await passkey(page, check);
  });

  // passkey adds one, names it, and signs in with nothing else.
  async function passkey(page: Page, check: (name: string) => Promise<void>): Promise<void> {
    const devices = await page.context().newCDPSession(page);
    await devices.send("WebAuthn.enable");
    await devices.send("WebAuthn.addVirtualAuthenticator", {
      options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    await page.goto(`${portal.address}/account`);
    await page.getByRole("link", { name: "Ajouter une clé" }).click();
    await check("account-11-passkey");
    await page.getByLabel("Nom de la clé").fill("Ordinateur");
    await page.getByRole("button", { name: "Créer la clé" }).click();
    await expect(page.getByText("Votre clé d’accès est ajoutée.")).toBeVisible();
    await page.getByRole("link", { name: "Renommer la clé d’accès Ordinateur" }).click();
    await page.getByLabel("Nom de la clé").fill("Ordinateur du bureau");
    await page.getByRole("button", { name: "Enregistrer le nom" }).click();
    await expect(page.getByText("Ordinateur du bureau")).toBeVisible();
    await check("account-12-protected");
    await signOut(page);
    await page.goto(`${portal.address}/sign-in?next=/account`);
    await page.getByRole("button", { name: "Se connecter avec une clé d’accès" }).click();
    await expect(page).toHaveURL(/\/account$/);
    await page.getByRole("link", { name: "Retirer la clé d’accès Ordinateur du bureau" }).click();
    await check("account-13-removal");
    await page.getByRole("button", { name: "Retirer la clé" }).click();
    await expect(page.getByText("La clé d’accès est retirée.")).toBeVisible();
  }
});
