// Not a module, so that it runs before the first paint: apply the theme that the user chose.
{
  const theme = localStorage.getItem("mockserver-theme");
  if (theme) document.documentElement.dataset.theme = theme;
}
