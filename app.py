"""RepGeom's entry: page config, the sidebar that all pages share, and the navigation."""

import streamlit as st

from pages.parts import frame, look, sidebar, trouble


def _to_map() -> None:
    """Streamlit serves the first page at ``/`` alone, and who types ``/map`` would read "Page not found"."""
    own = ("bundle", *sidebar.ADDRESS)  # the sidebar has taken these up, and writes them to the address itself
    sidebar.go_to_map({name: value for name, value in st.query_params.to_dict().items() if name not in own})


def main() -> None:
    st.set_page_config(page_title="RepGeom", page_icon=str(look.ASSETS / "icon.svg"), layout="wide", initial_sidebar_state="expanded")
    look.apply()
    page = st.navigation(
        [
            st.Page("pages/map.py", title="Map", icon=":material/scatter_plot:", url_path="start", default=True),
            st.Page("pages/treemap.py", title="Treemap", icon=":material/dashboard:", url_path="treemap"),
            st.Page("pages/collapse.py", title="Collapse", icon=":material/hub:", url_path="collapse"),
            st.Page("pages/spectrum.py", title="Spectrum & dimension", icon=":material/equalizer:", url_path="spectrum"),
            st.Page("pages/subspaces.py", title="Subspaces", icon=":material/layers:", url_path="subspaces"),
            st.Page("pages/load.py", title="Load", icon=":material/folder_open:", url_path="load"),
            st.Page(_to_map, url_path="map", visibility="hidden"),
        ],
        position="top",
    )
    with frame.entered():
        with trouble.shown():
            sidebar.show(page.url_path)
        with trouble.shown():  # a damaged bundle must not keep anyone from the Load page
            page.run()


if __name__ == "__main__":
    main()
