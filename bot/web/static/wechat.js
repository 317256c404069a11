// Brings WeChat's own buttons to life; where that fails, the page says so in words.
const fail = () => {
  for (const words of document.querySelectorAll("[data-wechat-trouble]")) words.hidden = false;
};

async function begin() {
  const here = location.href.split("#")[0];
  const answer = await fetch(`/m/jssdk?url=${encodeURIComponent(here)}`);
  if (!answer.ok || !window.wx) return fail();
  const { appId, config } = await answer.json();
  if (!appId) return fail();
  wx.config({ appId, ...config, jsApiList: [], openTagList: ["wx-open-subscribe"] });
  wx.error(fail);
}

document.addEventListener("WeixinOpenTagsError", fail);
for (const button of document.querySelectorAll("wx-open-subscribe")) {
  button.addEventListener("error", fail);
  // the platform tells us by a callback of its own; then the page can show it
  button.addEventListener("success", () => setTimeout(() => location.reload(), 3000));
}
begin().catch(fail);
