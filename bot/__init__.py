"""A community bot for WeCom (企业微信) and WeChat."""
