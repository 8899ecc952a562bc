import { readFile } from "node:fs/promises";
import { type Page, type Locator } from "@playwright/test";
import { textOf } from "./support/docx";
import { Portal } from "./support/portal";
import { expect, test } from "./support/test";

// The whole road as a new user walks it: set-up, a service, its framing, the annex with one value changed and one clause
// dropped, the download, and the value found in the Word file.

const words = {
  fr: {
    setup: "Créer ma structure", name: "Nom de la structure", who: "Vos nom et prénom", mail: "Adresse électronique", password: "Mot de passe",
    fresh: "Nouvelle prestation", supplier: "Nom du prestataire", title: "Intitulé de la prestation", reference: "Référence du marché",
    frame: "Continuer vers le cadrage", next: "Continuer", save: "Enregistrer le cadrage", tier: "Niveau critique", critical: "Correction d’une vulnérabilité critique",
    keep: "Retenir PAT-04", reason: "Motif", saved: /Enregistré/, read: "Relire et télécharger", word: "Télécharger en Word",
    value: "dix (10) jours", search: "Chercher une clause", show: "Afficher", undo: "Annuler le dernier changement",
    health: "Données de santé", remote: "Accès à distance", hosts: "héberge des données de santé", saveClause: (id: string) => `Enregistrer ${id}`,
  },
  en: {
    setup: "Create my institution", name: "Name of the institution", who: "Your name", mail: "Email address", password: "Password",
    fresh: "New service", supplier: "Name of the supplier", title: "Title of the service", reference: "Contract reference",
    frame: "Continue to the framing", next: "Continue", save: "Save the framing", tier: "Critical", critical: "Correction of a critical vulnerability",
    keep: "Keep PAT-04", reason: "Reason", saved: /Saved/, read: "Read and download", word: "Download in Word",
    value: "ten (10) days", search: "Find a clause", show: "Show", undo: "Undo the last change",
    health: "Health data", remote: "Remote access", hosts: "hosts health data", saveClause: (id: string) => `Save ${id}`,
  },
};

for (const language of ["fr", "en"] as const) {
  test.describe(`the road to an annex (${language})`, () => {
    test.use({ locale: language === "fr" ? "fr-FR" : "en-GB" });
    test.setTimeout(300_000);

    let portal: Portal; // a first start is used up by whoever sets it up, so each road has its own
    test.beforeEach(async () => {
      portal = await Portal.start();
    });
    test.afterEach(() => portal.stop());

    test("from nothing to the Word file", async ({ page, check, javaScriptEnabled }) => {
      const w = words[language];
      const scripted = javaScriptEnabled !== false;
      const shown = (name: string) => check(`${language}-${name}`);

      await page.goto(portal.address + portal.setupPath);
      await shown("01-set-up");
      await page.getByLabel(w.name).fill("Clinique des Essais");
      await page.getByLabel(w.who).fill("Ada Essai");
      await page.getByLabel(w.mail).fill("ada@essais.example");
      await page.getByLabel(w.password).fill("quatre mots sans rapport");
      await page.getByRole("button", { name: w.setup }).click();
      await expect(page).toHaveURL(/\/services$/);
      await shown("02-no-service");

      await page.getByRole("link", { name: w.fresh }).first().click();
      await shown("03-new-service");
      await page.getByLabel(w.supplier).fill("Logimed Télésuivi SAS");
      await page.getByLabel(w.title).fill("Plateforme de télésuivi");
      await page.getByLabel(w.reference).fill("2026-TIC-0147");
      await page.getByRole("button", { name: w.frame }).click();

      await expect(page).toHaveURL(/framing$/);
      await page.locator('input[name="services"][value="saas"]').check();
      await shown("04-framing-1");
      await page.getByRole("button", { name: w.next }).click();
      await page.locator('input[name="data"][value="health"]').check();
      await page.locator('input[name="hds"]').check();
      await page.locator('input[name="access"][value="remote"]').check();
      await shown("05-framing-2");
      await page.getByRole("button", { name: w.next }).click();
      for (const need of ["availability", "integrity", "confidentiality", "traceability"]) await page.locator(`input[name="needs.${need}"][value="4"]`).check();
      await shown("06-framing-3");
      await page.getByRole("button", { name: w.next }).click();
      for (const impact of ["patient_care", "privacy", "organisation", "legal", "image"]) await page.locator(`input[name="impacts.${impact}"][value="3"]`).check();
      if (scripted) await expect(page.locator("#tier")).toContainText("4 × ");
      await shown("07-framing-4");
      await page.getByRole("button", { name: w.save }).click();

      await expect(page).toHaveURL(/\/annex$/);
      const builder = page.url();
      await page.goto(`${builder}?family=PAT`);
      await shown("08-builder");
      const value = page.locator("#clause-PAT-02").getByLabel(w.critical);
      await kept(page, () => value.fill("12"), page.getByRole("button", { name: w.saveClause("PAT-02") }), scripted);
      // Changed again, and left by the keyboard for the button that would put the proposed value back.
      await kept(page, async () => { await value.fill("10"); await value.press("Tab"); }, page.getByRole("button", { name: w.saveClause("PAT-02") }), scripted);
      if (scripted) await expect(page.locator("#preview")).toContainText("(10)");

      const clause = page.locator("#clause-PAT-04");
      await clause.getByRole("checkbox").uncheck();
      if (scripted) await expect(clause.locator(".warn")).toBeVisible();
      const reason = clause.getByLabel(w.reason);
      await kept(page, () => reason.fill("Recette faite par nos soins."), page.getByRole("button", { name: w.saveClause("PAT-04") }), scripted);
      await page.goto(`${builder}?family=PAT`);
      await expect(page.locator("#clause-PAT-04").getByRole("checkbox")).not.toBeChecked();
      await expect(page.locator("#clause-PAT-02").getByLabel(w.critical)).toHaveValue("10");
      await shown("09-builder-changed");

      await page.getByRole("link", { name: w.read }).click();
      await shown("10-reading");
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: w.word }).click()]);
      expect(download.suggestedFilename()).toContain("2026-TIC-0147");
      const text = textOf(await readFile(await download.path()));
      expect(text).toContain(w.value);
      expect(text).not.toContain("PAT-04");
      expect(text).not.toContain("Recette faite par nos soins");

      await page.goto(builder.replace(/\/annex$/, ""));
      await shown("11-service");
      await page.goto(`${portal.address}/services`);
      await shown("12-services");
      await page.goto(`${builder.replace(/\/annex$/, "")}/contract`);
      await shown("13-contract");
    });
  });
}

// kept makes a change and waits until it is saved: by itself where scripts run, by the form's own button elsewhere.
async function kept(page: Page, change: () => Promise<void>, button: Locator, scripted: boolean): Promise<void> {
  if (!scripted) {
    await change();
    return button.click();
  }
  const saved = page.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/annex"));
  await change();
  expect((await saved).status()).toBe(200);
  await expect(page.locator("[data-save-state]")).toHaveAttribute("data-state", "saved");
}
