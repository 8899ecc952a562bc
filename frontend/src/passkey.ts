// A form asks the browser for a passkey: its address with /options says for what, and the answer goes in its field
// "response". The script is fetched when such a form is first sent. Bytes travel as base64url (WebAuthn L3 §5.1).

type Descriptor = Omit<PublicKeyCredentialDescriptor, "id"> & { id: string };
interface Asked {
  publicKey: { challenge: string; user?: { id: string }; excludeCredentials?: Descriptor[]; allowCredentials?: Descriptor[] };
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

function text(data: ArrayBuffer | null | undefined): string | undefined {
  if (!data) return undefined;
  return btoa(Array.from(new Uint8Array(data), (b) => String.fromCharCode(b)).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

function options({ publicKey }: Asked): unknown {
  const named = (all?: Descriptor[]) => all?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...publicKey,
    challenge: bytes(publicKey.challenge),
    ...(publicKey.user && { user: { ...publicKey.user, id: bytes(publicKey.user.id) } }),
    ...(publicKey.excludeCredentials && { excludeCredentials: named(publicKey.excludeCredentials) }),
    ...(publicKey.allowCredentials && { allowCredentials: named(publicKey.allowCredentials) }),
  };
}

function answer(made: PublicKeyCredential): string {
  const given = made.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  return JSON.stringify({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment ?? undefined,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: text(given.clientDataJSON),
      attestationObject: text(given.attestationObject),
      transports: given.getTransports?.(),
      authenticatorData: given.attestationObject ? undefined : text(given.authenticatorData),
      signature: text(given.signature),
      userHandle: text(given.userHandle),
    },
  });
}

/** fill asks the browser for the passkey of a form and sends it, or says that there was none. */
export async function fill(form: HTMLFormElement): Promise<void> {
  const stopped = form.querySelector<HTMLElement>("[data-stopped]");
  if (stopped) stopped.hidden = true;
  try {
    const asked = await fetch(`${form.action}/options`, { method: "POST", headers: { "X-CSRF-Token": new FormData(form).get("csrf") as string } });
    if (!asked.ok) throw new Error(asked.statusText);
    const publicKey = options((await asked.json()) as Asked);
    const made = await (form.dataset.kind === "create" ? navigator.credentials.create({ publicKey: publicKey as PublicKeyCredentialCreationOptions }) : navigator.credentials.get({ publicKey: publicKey as PublicKeyCredentialRequestOptions }));
    (form.elements.namedItem("response") as HTMLInputElement).value = answer(made as PublicKeyCredential);
    form.submit();
  } catch {
    if (!stopped) return;
    stopped.textContent = stopped.dataset.stopped ?? "";
    stopped.hidden = false;
  }
}
