"""Linear algebra that continuation needs: bordered systems, spectra, Floquet multipliers."""
