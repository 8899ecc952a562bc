// A form that a passkey fills in fetches the script for it when it is sent.

export function watchPasskeys(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      const script = form.dataset.passkey;
      if (!script) return;
      event.preventDefault();
      void (import(script) as Promise<{ fill(form: HTMLFormElement): Promise<void> }>).then(({ fill }) => fill(form));
    },
    true,
  );
}
